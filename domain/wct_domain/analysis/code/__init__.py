"""What source code says of purposes: by its words, its packages, its statements."""
