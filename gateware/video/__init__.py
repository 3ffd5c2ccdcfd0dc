"""The VGA screen of a network of images."""
