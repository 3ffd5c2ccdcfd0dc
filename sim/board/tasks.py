"""Runs coroutines in the background of a block of code."""

import asyncio
from contextlib import asynccontextmanager

__all__ = ["running"]


@asynccontextmanager
async def running(*coroutines):
    """Starts coroutines as tasks and yields the tasks; at the end they are cancelled and awaited."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
