"""Writing files: whole or not at all, several together, through links, and to what is no file."""

from varigate.model.files.output import OutputFile, check_writable, write_bytes
from varigate.model.files.together import present, read_together, write_together

__all__ = ["OutputFile", "check_writable", "present", "read_together", "write_bytes", "write_together"]
