"""What a training that failed most likely lacked, by words that torch, the system and monoline itself really say."""

from __future__ import annotations

from typing import Any

import pytest

from tui.remedies import find_remedy

FIT = {"batch": 100, "learning_rate": 0.001}


@pytest.mark.parametrize(
    ("said", "overrides", "arguments", "words"),
    [
        ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of",
         ("fit.batch=50",), {}, "Batch 100 → 50"),
        ("The GPU has too little memory for 100 drawings of up to 250 points at once. Nothing was saved yet; begin "
         "anew with --set fit.batch=50.", ("fit.batch=50",), {}, "Batch 100 → 50"),
        ("RuntimeError: MPS backend out of memory (MPS allocated: 17.86 GB, other allocations: 1.62 GB)",
         ("fit.batch=50",), {}, "Batch 100 → 50"),
        ("RuntimeError: [enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you "
         "tried to allocate 8000000000 bytes. Error code 12 (Cannot allocate memory)",
         ("fit.batch=50",), {}, "Batch 100 → 50"),
        ("numpy._core._exceptions._ArrayMemoryError: Unable to allocate 6.0 GiB for an array\nMemoryError",
         ("fit.batch=50",), {}, "Batch 100 → 50"),
        ("There is no device 'cuda' here; the best one is 'cpu'.", (), {"device": "auto"}, "best there is here"),
        ("AssertionError: Torch not compiled with CUDA enabled", (), {"device": "auto"}, "best there is here"),
        ("RuntimeError: No CUDA GPUs are available", (), {"device": "auto"}, "best there is here"),
        ("RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU", (),
         {"device": "auto"}, "best there is here"),
        ("5 steps on end up to step 412, 5 of the last 1000, could not be taken: its loss is no number. All of step "
         "400 is saved", ("fit.learning_rate=0.00025",), {}, "Learning rate 0.001 → 0.00025"),
        ("The valid split has no likelihood at step 900.", ("fit.learning_rate=0.00025",), {}, "0.00025"),
        ("OSError: [Errno 28] No space left on device", (), {}, "Make room"),
        ("Step 500 can't be saved: /runs/a/model.safetensors: Disk quota exceeded. Make room on the disk.", (), {},
         "Make room"),
        ("/home/a/mine.npz does not exist.", (), {}, "Bring them back"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/mnt/usb/mine.npz'", (), {}, "Bring them back"),
        ("PermissionError: [Errno 13] Permission denied: 'runs/a'", (), {}, "rights"),
        ("ModuleNotFoundError: No module named 'torch'", (), {}, "make install"),
        ("ImportError: libcudart.so.12: cannot open shared object file: No such file or directory", (), {},
         "make install"),
    ],
)  # fmt: skip
def test_causes_are_told_by_what_was_said(
    said: str, overrides: tuple[str, ...], arguments: dict[str, Any], words: str
) -> None:
    remedy = find_remedy(said.splitlines(), FIT, lost=False)
    assert remedy is not None
    assert (remedy.overrides, remedy.arguments) == (overrides, arguments)
    assert words in remedy.words
    assert remedy.changes == bool(overrides or arguments)


def test_what_is_not_known_has_no_remedy_and_a_killed_one_is_thought_to_have_lacked_memory() -> None:
    assert find_remedy(["KeyError: 'strokes'"], FIT, lost=False) is None
    assert find_remedy([], FIT, lost=False) is None
    lost = find_remedy(["loading"], {"batch": 64}, lost=True)
    assert lost is not None
    assert lost.overrides == ("fit.batch=32",)
    assert "memory was full, or the power went" in lost.cause
    assert not lost.sure  # after the power went all goes on as it was
    assert find_remedy(["CUDA out of memory"], {"batch": 1}, lost=False) is None  # fewer than one there are not
    usual = find_remedy(["out of memory"], {}, lost=False)
    assert usual is not None
    assert usual.overrides == ("fit.batch=50",)
