import pytest
from tests.strangers import *
@pytest.mark.django_db
def test_w():
    w=Walk(make_world())
    for f in w.everywhere(): print(f)
