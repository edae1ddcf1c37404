import pytest

from components.phantoms.params import PhantomParams
from components.phantoms.series import Series, make_series

SERIES = 20


@pytest.fixture(scope="package")
def params() -> PhantomParams:
    return PhantomParams(patients=SERIES, seed=3, side=128, slices_per_series=16, hemorrhage_share=0.6)


@pytest.fixture(scope="package")
def all_series(params: PhantomParams) -> list[Series]:
    return [make_series(patient, params) for patient in range(SERIES)]
