"""Coroutines that run beside something else, and end with it."""

import asyncio
from contextlib import asynccontextmanager

__all__ = ["running"]


@asynccontextmanager
async def running(*coroutines):
    """Starts them as tasks, which it gives; at the end they are cancelled, and waited for."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
