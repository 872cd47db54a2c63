"""Who makes the batches of a run: this process, other processes of this computer, or a dask cluster.

All three are a `concurrent.futures` executor, so `outcomes` is the same for each. A worker may die: of a system that
runs out of memory, of a crash in a library, of a computer that is switched off. Whatever it had not finished is done
again, unit by unit; a unit during which a worker dies once more fails by name, and only that unit.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from itertools import count
from time import monotonic
from typing import Any, Generic, Protocol, Self, TypeVar

from bsc_xl.errors import BscError, ChoiceError, ClusterError, MissingExtraError, UnexpectedError, WorkerError

_PATIENCE = 0.5
"""Seconds after which a waiting run looks whether it is to stop."""
_GRACE = 1.0
"""Seconds within which a pool whose processes have died takes note of it."""
_GREETING = 10.0
"""Seconds within which a scheduler answers."""
_ABANDONED = 60.0
"""So many seconds may pass without any worker in a cluster: one that was killed is often started again."""
_HOPELESS = 3
"""So many workers dying one after the other, with nothing made between them, are not the fault of a unit."""


Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)
Prepare = Callable[[], object]


class Task(Protocol[Made_co]):
    """A batch of work that one worker does; it carries everything that takes."""

    def run(self) -> Made_co:
        """Does the work and tells what came of it."""

    def numbered(self, number: int) -> Self:
        """The same work under a number that no other batch of the run has; later ones have higher."""

    def singles(self) -> list[Self]:
        """The same work, unit by unit."""

    def lost(self, error: WorkerError) -> Made_co:
        """What is told of a single unit during which workers die."""


def nothing() -> None:
    """What a worker has to prepare that needs nothing."""


def do(task: Task[Made]) -> Made:
    """Does the work of a task, in whatever process this is."""
    return task.run()


class Workers(Protocol):
    """`count` work at once, and `room` batches at a time keep them busy. `far`: other computers may be among them.
    `lost`: what a batch raises whose worker died."""

    count: int
    far: bool
    room: int
    lost: tuple[type[Exception], ...]

    def submit(self, batch: Task[Made]) -> Future[Made]:
        """Hands a batch to a worker."""

    def renew(self) -> None:
        """Puts living workers in the place of those that died. Called while nothing is under way."""

    def watch(self) -> None:
        """Raises `ClusterError` when there is nobody left to wait for."""

    def close(self) -> None:
        """Ends the workers; batches that have begun are finished, on a cluster perhaps later."""


class ThisProcess:
    """Makes each batch at once, here."""

    count = room = 1
    far = False
    lost: tuple[type[Exception], ...] = ()

    def submit(self, batch: Task[Made]) -> Future[Made]:
        """As in `Workers`."""
        future: Future[Made] = Future()
        try:
            future.set_result(do(batch))
        except Exception as error:  # noqa: BLE001 - as with every executor, the future carries it
            future.set_exception(error)
        return future

    def renew(self) -> None:
        """As in `Workers`."""

    def watch(self) -> None:
        """As in `Workers`."""

    def close(self) -> None:
        """As in `Workers`."""


class Processes:
    """Processes of this computer. They start new rather than as copies of this one, so that none carries its memory,
    and it is the same on every system. They leave interruptions to this process, and end when it ends.

    They start at once, with `prepare`, and nobody waits for it: this process may do other work meanwhile.
    """

    far = False
    lost: tuple[type[Exception], ...] = (BrokenProcessPool,)

    def __init__(self, number: int, prepare: Prepare) -> None:
        self.count, self.room, self._prepare = number, number + 2, prepare
        self._pool = self._started()

    def submit(self, batch: Task[Made]) -> Future[Made]:
        """As in `Workers`."""
        return self._pool.submit(do, batch)

    def renew(self) -> None:
        """As in `Workers`."""
        self.close()
        self._pool = self._started()

    def watch(self) -> None:
        """As in `Workers`: whether one died is known at once."""

    def close(self) -> None:
        """As in `Workers`."""
        _give_up_sending(self._pool)
        self._pool.shutdown(cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self.count, mp_context=context, initializer=_begin_work, initargs=(self._prepare,))
        with _interruptions_held_back(), suppress(BrokenProcessPool):  # of one that dies, the first batch tells
            for _ in range(self.count):
                pool.submit(nothing)  # a process starts with each task for which no idle one is there
        return pool


def _give_up_sending(pool: ProcessPoolExecutor) -> None:
    """Where processes have died, what was on its way to them is dropped. Some releases of Python 3.11 go on sending to
    nobody, and `shutdown` waits for that for ever (python/cpython, issue 94777); there is no public way out."""
    sent, sender = (getattr(pool, name, None) for name in ("_call_queue", "_executor_manager_thread"))
    if getattr(pool, "_broken", False) and sent is not None and sender is not None:
        sender.join(_GRACE)
        if sender.is_alive():
            sent._reader.close()  # noqa: SLF001


@contextmanager
def _interruptions_held_back() -> Iterator[None]:
    """A process that starts meanwhile inherits this, and never sees an interruption that is meant for us."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_work(prepare: Prepare) -> None:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows tells every process of a window
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    prepare()


def _end_with(parent: Any) -> None:
    # Without this, workers of a killed run would wait for work for ever.
    parent.join()
    os._exit(1)


async def _greet(address: str) -> None:
    from distributed.core import rpc

    async with rpc(address, timeout=_GREETING) as scheduler:
        await asyncio.wait_for(scheduler.identity(), _GREETING)


class Cluster:
    """The workers of a dask.distributed scheduler. They need the same version of bsc-xl, and to reach the folder."""

    far = True

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client, KilledWorker
        except ModuleNotFoundError as error:
            raise MissingExtraError(package="distributed", extra="cluster") from error
        try:
            asyncio.run(_greet(address))  # a client that cannot connect complains long after it was given up
            self._client = Client(address, set_as_default=False)
        except Exception as error:  # whoever answers there need not be a scheduler
            raise ClusterError(reason="cluster.unreachable", address=address) from error
        self.lost: tuple[type[Exception], ...] = (KilledWorker,)
        self.count = sum(self._client.nthreads().values())
        self.room = 2 * self.count
        self._address, self._seen = address, monotonic()
        if not self.count:
            self._client.close()
            raise self._nobody()
        self._executor: Executor = self._client.get_executor(pure=False)

    def submit(self, batch: Task[Made]) -> Future[Made]:
        """As in `Workers`."""
        return self._executor.submit(do, batch)

    def renew(self) -> None:
        """As in `Workers`: the cluster does that itself."""

    def watch(self) -> None:
        """As in `Workers`: workers may come and go, but not all be gone for long."""
        if self._client.nthreads():
            self._seen = monotonic()
        elif monotonic() - self._seen > _ABANDONED:
            raise self._nobody()

    def _nobody(self) -> ClusterError:
        return ClusterError(reason="cluster.no_workers", address=self._address)

    def close(self) -> None:
        """As in `Workers`."""
        self._executor.shutdown(wait=False)
        self._client.close()


def crew(workers: int, cluster: str | None, prepare: Prepare = nothing) -> Workers:
    """That many processes of this computer (one is this process), or the workers of the cluster at an address.

    `prepare` is called in each process before its first batch, to import what its work needs.
    """
    if cluster is not None:
        return Cluster(cluster)
    if workers < 1:
        raise ChoiceError(what="workers", value=workers, choices="1, 2, 3, ...")
    return ThisProcess() if workers == 1 else Processes(workers, prepare)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def outcomes(workers: Workers, batches: Iterator[Task[Made]], stopped: Callable[[], bool]) -> Iterator[Made]:
    """Has the batches made and tells of each, in the order in which they are finished.

    Only as many batches exist at a time as keep the workers busy. As soon as `stopped` says so, no further one is
    begun, and those under way are finished. `WorkerError` when workers die whatever they do.
    """
    run = _Run(workers, batches, stopped)
    try:
        while run.begin():
            yield from run.finished()
    finally:
        run.cancel()
        workers.close()


class _Run(Generic[Made]):
    """The state of one run: what is under way, and which units are suspected of having cost a worker its life."""

    def __init__(self, workers: Workers, batches: Iterator[Task[Made]], stopped: Callable[[], bool]) -> None:
        self._workers, self._batches, self._stopped = workers, batches, stopped
        self._numbers = count()
        self._under_way: dict[Future[Made], Task[Made]] = {}
        self._suspects: deque[Task[Made]] = deque()
        self._bereaved = self._on_trial = False
        self._deaths = 0

    def begin(self) -> bool:
        """Hands out as much as the workers can take; False when nothing is under way and nothing is left to do."""
        if self._bereaved and not self._under_way:
            self._workers.renew()
            self._bereaved = False
        if self._stopped():
            self.cancel()
        elif self._suspects:
            if not self._under_way:
                self._on_trial = True
                self._submit(self._suspects.popleft())
        else:
            while len(self._under_way) < self._workers.room and (batch := next(self._batches, None)):
                self._submit(batch)
        return bool(self._under_way)

    def finished(self) -> Iterator[Made]:
        """What has been finished since; waits a moment for it."""
        done, _ = wait(self._under_way, timeout=_PATIENCE, return_when=FIRST_COMPLETED)
        if not done:
            self._workers.watch()
        for future in done:
            batch = self._under_way.pop(future)
            try:
                made = future.result()
            except self._workers.lost as death:
                yield from self._lost(batch, death)
            except CancelledError as error:
                raise ClusterError(reason="cluster.lost") from error
            except BscError:
                raise
            except Exception as error:
                raise UnexpectedError(kind=type(error).__name__, text=str(error)) from error
            else:
                self._deaths, self._on_trial = 0, False
                yield made

    def cancel(self) -> None:
        """Takes back what no worker has begun."""
        for future in list(self._under_way):
            if future.cancel():
                del self._under_way[future]

    def _submit(self, batch: Task[Made]) -> None:
        numbered = batch.numbered(next(self._numbers))
        try:
            future = self._workers.submit(numbered)
        except self._workers.lost as death:
            future = Future()
            future.set_exception(death)
        self._under_way[future] = numbered

    def _lost(self, batch: Task[Made], death: Exception) -> Iterator[Made]:
        self._bereaved = True
        if not self._on_trial:
            self._suspects.extend(batch.singles())
            return
        self._on_trial = False
        self._deaths += 1
        if self._deaths == _HOPELESS:
            raise WorkerError from death
        yield batch.lost(WorkerError())
