"""What ``wct.yaml`` may say, as models: checked before anything is done with it."""
