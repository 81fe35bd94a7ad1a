import streamlit as st

from analytics.programs import all_programs, program_detail, select_programs, windows_of
from analytics.windows import windows
from ui import frame, layout, program_views
from ui.data import ask, shared
from ui.kept import kept
from ui.program_words import today_in_korea

t = frame.words()
today = today_in_korea()
everything, known = ask(all_programs, today), ask(windows, today)
layout.head(t("Programmes"), program_views.answer(everything, known.frame, today, t), t)

st.header(t("Find a programme"), anchor=False)
chosen = program_views.choose_filter(t)
listed = shared("programs", lambda: select_programs(everything, chosen), chosen, today)
layout.table(
    "programs",
    program_views.catalogue_finding(listed, t),
    listed,
    program_views.catalogue_table(listed, t),
    t,
)

st.header(t("When to apply"), anchor=False)
st.markdown(
    t(
        "Windows of all years on one year's axis: where they overlap, a programme has opened at "
        "the same time of year more than once. A triangle stands where only the opening or only "
        "the deadline is known. Most windows were never printed on the pages that we know."
    )
)
dated = kept(listed, ("windows", today), lambda: windows_of(known, listed.frame))
layout.figure(
    "windows",
    program_views.season_finding(dated.frame, t),
    dated,
    lambda: program_views.calendar_chart(dated.frame, today, t),
    program_views.calendar_table(dated.frame, today, t),
    t,
    note=program_views.calendar_note(dated.frame, t),
)
program_views.deadlines_button(dated.frame, today, t)

st.header(t("One programme"), anchor=False)
program_id = program_views.choose_program(t)
if program_id:
    row = everything.set_index("program_id", drop=False).loc[program_id]
    program_views.facts(row, t)
    detail = ask(program_detail, program_id, today)
    layout.table(
        "program-editions",
        program_views.detail_finding(t.name(row), detail, t),
        detail,
        program_views.detail_table(detail, t),
        t,
    )
else:
    st.info(t("Choose a programme to see its editions and their results."), icon=":material/list:")
