"""The protocol of the serial line: frames, requests, replies, and the line of text."""
