"""Known before synthesis: cycles, resources, structure, and the array that suits a device."""
