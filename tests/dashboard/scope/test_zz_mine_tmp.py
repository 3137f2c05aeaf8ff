import pytest
from tests.dashboard.scope.conftest import *
from tests.dashboard.scope.test_scope import ask, ask_outside
MINE=["query ArrivalDesk.board","query ArrivalDesk.push_list","query ArrivalDesk.days","question arrivals","http GET /api/v1/arrivals","http POST /api/v1/arrivals/list","page arrivals"]
@pytest.mark.parametrize("id",MINE)
@pytest.mark.parametrize("role",["official","analyst","reporter","wall"])
def test_mine(site,id,role):
    for n in range(2):
        ask(site,id,role,3,n)
        ask_outside(site,id,role,3,20,n)
