"""The frame of every page: page config, language, navigation, footer."""

import streamlit as st

from ops.metrics import page_run
from ui import data, faults, frame, guide, state

state.begin_run()
data.begin_run()
t = frame.choose_words()
st.set_page_config(page_title=t("Testbed Atlas Korea"), page_icon=frame.ICON, layout="wide")

page = st.navigation(frame.pages(t), position="top")
# a second call: without the icon of the first, the page's own would come from another host
st.set_page_config(page_title=f"{page.title} · {t('Testbed Atlas Korea')}")
frame.head_controls(t, guide.control)
notices = st.container()
with page_run(page.url_path or "overview"), faults.shown(t):
    page.run()
# the page's controls have read the link by now
state.show_notices(notices, t)
frame.footer(t)
