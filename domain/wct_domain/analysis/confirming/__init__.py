"""Having a language model look at findings again, and taking nothing on its word."""
