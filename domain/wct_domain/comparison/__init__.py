"""Two runs side by side, and why a step came out as it did."""
