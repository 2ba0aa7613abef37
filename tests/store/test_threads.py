import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from leitmotiv.store.library import Library

from .making import add, clusters, image_id, path_of


def test_readers_see_whole_batches_while_a_thread_writes(library):
    batch, batches = 5, 12
    ended = threading.Event()

    def read() -> tuple[int, list[str]]:
        looks, wrong = 0, []
        while not ended.is_set() or looks == 0:
            ids = library.images.ids()
            page, _ = library.images.page(limit=100)
            if len(ids) % batch or any(not one.paths for one in page) or len(library.mixtures.many(ids)) != len(ids):
                wrong.append(f"{len(ids)} ids, {[one.paths for one in page]}")
            looks += 1
        return looks, wrong

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            with library.writer("adding pictures"):
                for start in range(0, batch * batches, batch):
                    with library.transaction():
                        for number in range(start, start + batch):
                            add(library, number)
        finally:
            ended.set()
        for reader in readers:
            looks, wrong = reader.result()
            assert looks > 0
            assert wrong == []
    assert library.images.count() == batch * batches


def test_clusters_and_their_digest_change_together(library):
    library.clusters.replace(clusters([image_id(0)]), digest="1")
    ended = threading.Event()

    def read() -> list[object]:
        wrong = []
        while not ended.is_set():
            if library.clusters.get() is None or library.clusters.digest() is None:
                wrong.append("no clusters")
        return wrong

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for size in range(1, 60):
            library.clusters.replace(clusters([image_id(n) for n in range(size)]), digest=str(size))
        ended.set()
        assert [reader.result() for reader in readers] == [[], []]


def test_many_threads_may_write_in_turn(library):
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda n: library.jobs.start("add", str(n)), range(40)))
    assert len(set(numbers)) == 40


def test_two_libraries_in_one_process_do_not_meet(tmp_path):
    with Library.open(tmp_path / "one") as one, Library.open(tmp_path / "two") as two:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda n: add((one, two)[n % 2], n), range(20)))
        with one.transaction(), two.transaction():
            add(one, 100)
            add(two, 101)
        assert one.images.find_path(path_of(100)) is not None
        assert one.images.find_path(path_of(101)) is None
        assert (one.images.count(), two.images.count()) == (11, 11)


def test_connections_of_ended_threads_are_closed(library):
    def look() -> None:
        library.images.count()

    for _ in range(10):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert len(library._database._peewee._opened) <= 2


def test_a_closed_library_is_a_mistake_in_every_thread(folder):
    library = Library.open(folder)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(library.images.count).result()
        library.close()
        with pytest.raises(RuntimeError, match="is closed"):
            pool.submit(library.images.count).result()
    with pytest.raises(RuntimeError, match="is closed"):
        library.images.count()
    library.close()


def test_an_unfinished_transaction_is_seen_by_nobody_else(library):
    with ThreadPoolExecutor(1) as pool, library.transaction():
        add(library, 0)
        assert library.images.count() == 1
        assert pool.submit(library.images.count).result() == 0


def inner(library: Library) -> int:
    with library.transaction():
        add(library, 0)
    return library.images.count()


def test_a_transaction_inside_another_is_part_of_it(library):
    with pytest.raises(ZeroDivisionError), library.transaction():
        assert inner(library) / 0
    assert library.images.count() == 0


def test_interrupting_a_transaction_takes_it_back(library):
    with pytest.raises(KeyboardInterrupt), library.transaction():
        interrupt(add(library, 0))
    assert library.images.count() == 0
    add(library, 1)


def interrupt(_: object) -> None:
    raise KeyboardInterrupt
