"""Processes that take one item after another, each over a pipe of its own.

The pool of the standard library shares its queues among its processes: where one is killed, all work in flight is lost
and nobody knows which item it was that killed. Here the death of a process is the fault of the one item it had; its
place is taken by a new process and the others never hear of it.

They are forked by a server that holds no more than the readers, and not by the run itself, for a forked process can
hang on a lock that a thread of its parent held. A process so made begins in 0.1 s; a spawned one, which makes the
readers ready anew, in 3 s.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Literal, TypeVar

from flows import logs
from flows.faults import sentence, told
from warehouse.errors import WarehouseError

Item = TypeVar("Item")
Result = TypeVar("Result")

_CONTEXT = multiprocessing.get_context("forkserver")
_PRELOAD = ["flows.warmed"]
"""What most items need; all else is imported by the process that needs it."""
_GRACE = 5.0
"""Seconds that an idle process has to end before it is made to."""
_STARTS = 6
"""How often a process is started for an item before that is given up; one may be killed before it can take any."""
_PAUSE = 0.05
"""Seconds before another is started where the server of processes does not answer, doubled each time: one that was
killed is replaced when the system has cleared it away, and until then refuses to be asked."""
_CHILDREN = threading.Lock()
"""Starting and awaiting processes: two threads that await one child leave one of them without its exit status."""


class WorkersError(WarehouseError):
    """Processes cannot be started, or do not understand what they are told: no item's fault."""


@dataclass(frozen=True)
class Fault:
    """What there is of an item in place of its result.

    `error` tells the death of the process (died) from want of memory (memory) and from an exception (crash); `message`
    is a sentence's end, and `traceback` says where an exception came up.
    """

    error: Literal["died", "memory", "crash"]
    message: str
    traceback: str | None = None


def attempt(function: Callable[[Item], Result], item: Item) -> Result | Fault:
    """Run a function in this process; its exception becomes a Fault.

    Raises OSError and WarehouseError, for they are about the machine: what they would do to one item, they do to all.
    """
    try:
        return function(item)
    except (OSError, WarehouseError):
        raise
    except MemoryError as error:
        return Fault("memory", "The process that read it ran out of memory.", told(error))
    except Exception as error:
        return Fault("crash", sentence(error), told(error))


class Workers:
    """A number of processes, started when they are first wanted. Any number of threads may give them items."""

    def __init__(self, number: int) -> None:
        self._idle: SimpleQueue[_Worker | None] = SimpleQueue()
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False
        _CONTEXT.set_forkserver_preload(_PRELOAD)  # is heard when the first process is started
        for _ in range(number):
            self._idle.put(None)

    def run(self, function: Callable[[Item], Result], item: Item) -> Result | Fault:
        """Run a function on an item in the next process that is free. Both can be pickled.

        Raises what `attempt` raises, and WorkersError where no process can be had.
        """
        worker, ending = self._idle.get(), ""
        try:
            for number in range(_STARTS):
                try:
                    worker = worker or self._started()
                except (OSError, EOFError) as error:  # the server of processes may be the one that was killed
                    ending = sentence(error)
                    time.sleep(_PAUSE * 2**number)
                    continue
                if worker.ready():
                    break
                ending, worker = worker.end(), None
            if worker is None:
                raise WorkersError(
                    f"A process to read with cannot be started ({ending}); give it more memory, or see what ends it."
                )
            result: Result | Fault = worker.run(function, item)
            return result
        finally:
            if worker is not None and worker.dead:
                worker = None
            self._idle.put(worker)

    def _started(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise WorkersError("The processes that read have been ended.")
            self._all = {each for each in self._all if not each.dead}
            worker = _Worker()
            self._all.add(worker)
            return worker

    def close(self) -> None:
        """End the processes, those at work too."""
        with self._lock:
            self._closed = True
            for worker in self._all:
                worker.stop()
            self._all.clear()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
        with _CHILDREN:
            self._process.start()
        theirs.close()
        self._ready = self._busy = False
        self.dead = False

    def ready(self) -> bool:
        """Whether the process has begun to take items; waits until it has, or has died before it could."""
        if not self._ready:
            with suppress(EOFError, OSError):
                self._ready = bool(self._pipe.recv())
        return self._ready

    def run(self, function: Callable[[Any], Any], item: Any) -> Any:
        oom = _ended_for_memory()
        self._busy = True
        try:
            self._pipe.send((function, item))
            kind, value, records = self._pipe.recv()
        except (EOFError, ConnectionError):
            return _death(self.end(), oom)
        except BaseException:  # what came over the pipe is no reply, or an interrupt came: it cannot be used again
            self._process.kill()
            self.end()
            raise
        finally:
            self._busy = False
        logs.pass_on(records)
        if kind == "raise":
            raise value
        return value

    def end(self) -> str:
        """Take note of the death of the process, and tell how it came."""
        self.dead = True
        with _CHILDREN:
            self._process.join()
        self._pipe.close()
        code = self._process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit status {code}"

    def stop(self) -> None:
        """End the process from another thread than the one that may be waiting for it, which then takes note of it."""
        if self._busy or not self._ready:
            self._process.kill()
            return
        self._pipe.close()  # it ends by itself
        self.dead = True
        with _CHILDREN:
            self._process.join(_GRACE)
            if self._process.exitcode is None:
                self._process.kill()
                self._process.join()


def _serve(pipe: Connection) -> None:
    """The life of a worker: until its pipe closes, as it does too where its parent is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    held = logs.Held()
    with suppress(EOFError, ConnectionError):
        pipe.send(True)
        while True:
            message = pipe.recv_bytes()
            reply: tuple[str, object]
            try:
                function, item = pickle.loads(message)
            except Exception as error:
                reply = "raise", WorkersError(f"A process cannot read what it is told to do: {sentence(error)}.")
            else:
                try:
                    reply = "result", attempt(function, item)
                except (OSError, WarehouseError) as error:
                    reply = "raise", error
            try:
                pipe.send((*reply, held.taken()))
            except ConnectionError:
                raise
            except Exception as error:  # a result that cannot be pickled; nothing of it has been sent
                pipe.send(("result", Fault("crash", sentence(error), told(error)), []))


def _death(ending: str, oom: int) -> Fault:
    if ending == "SIGKILL" and _ended_for_memory() > oom:
        return Fault("memory", "The system ended the process that read it, for want of memory.")
    return Fault("died", f"The process that read it died ({ending}); it may need more memory than there is.")


def _ended_for_memory() -> int:
    """Processes that the kernel has ended for want of memory since it started; 0 where it does not say."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text("ascii").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return 0
