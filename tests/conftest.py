"""What all tests may ask for."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture
def swept() -> Iterator[None]:
    """Collect what an HTTP library drops unclosed when a server dies in the middle of a connection.

    It is the library's, and harmless; left alone it would be found in a test that has nothing to do with it.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
