"""CPU time of a piece of work, measured at the steps of its task and nowhere else."""

from collections.abc import Callable, Coroutine, Generator
from functools import partial
from time import thread_time
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class CpuTime:
    """Seconds of CPU; what a part uses its whole has used."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._whole: CpuTime | None = None

    def add(self, seconds: float) -> None:
        self.seconds += seconds
        if self._whole is not None:
            self._whole.add(seconds)

    def belongs_to(self, whole: "CpuTime") -> None:
        """From now on, and with all it has used so far."""
        self._whole = whole
        whole.add(self.seconds)

    async def measure(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives. Two looks at the thread's clock for each of its steps cost about a microsecond.

        A step is what a task does between two waits. What `work` has done by other tasks and by other threads is not
        in it, nor is what the loop does for sockets; passing on a batch of tokens is added by who does it.
        """
        return await _Steps(work, self)


class _Steps(Generic[T]):
    """Awaited as its work would be."""

    def __init__(self, work: Coroutine[Any, Any, T], cpu: CpuTime) -> None:
        self._work = work
        self._cpu = cpu

    def __await__(self) -> Generator[Any, Any, T]:
        step: Callable[[], Any] = partial(self._work.send, None)
        while True:
            began = thread_time()
            try:
                awaited = step()
            except StopIteration as ended:
                result: T = ended.value
                return result
            finally:
                self._cpu.add(thread_time() - began)
            try:
                sent = yield awaited
            except GeneratorExit:
                self._work.close()
                raise
            except BaseException as error:  # a cancellation is the work's to answer
                step = partial(self._work.throw, error)
            else:
                step = partial(self._work.send, sent)
