import streamlit as st

from analytics.evidence import rows_behind
from analytics.programs import ProgramFilter, catalogue, program_detail
from analytics.windows import windows
from ui import frame, layout, program_views, state
from ui.data import ask, shared
from ui.provenance import narrowed

t = frame.words()
