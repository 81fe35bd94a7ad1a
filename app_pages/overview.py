import streamlit as st

from analytics import overview
from analytics.filters import PilotFilter, TestbedFilter
from analytics.funnel import milestone_funnel
from analytics.linkage import linkage_steps
from analytics.testbeds import testbed_list, testbeds_by_province
from ui import findings, frame, guide, landing, layout, pictures
from ui.data import ask, shared
from ui.safe import markdown

t = frame.words()
testbeds = ask(overview.testbeds_known)
pilots = ask(overview.pilots_known)
sold = ask(overview.pilots_sold)
funded = ask(overview.companies_funded_after)
places, trials = findings.first(testbeds.frame), findings.first(pilots.frame)
sales, rounds = findings.first(sold.frame), findings.first(funded.frame)

layout.head(
    t("Where Korea tries its city technology, and what came of it"),
    t(
        "{pilots} sourced pilots at {testbeds} testbeds: {sold} are known to have led to a "
        "contract or sale, and {funded} of {companies} companies to have raised money afterwards.",
        pilots=t.number(trials["pilots"]),
        testbeds=t.number(places["testbeds"]),
        sold=t.number(sales["sold"]),
        funded=t.number(rounds["funded"]),
        companies=t.number(rounds["companies"]),
    ),
    t,
)
guide.first_look(t)
with st.grid(4, min_column_width=150):
    layout.metric(
        t("Testbeds"),
        t.number(places["testbeds"]),
        t("in {n} of 17 provinces", n=places["provinces"]),
        "n-testbeds",
        testbeds,
        t,
    )
    layout.metric(
        t("Pilots"),
        t.number(trials["pilots"]),
        t(
            "by {companies} companies; {projects} projects when consortia count once",
            companies=t.number(trials["companies"]),
            projects=t.number(trials["projects"]),
        ),
        "n-pilots",
        pilots,
        t,
    )
    layout.metric(
        t("Contract or sale"),
        t.number(sales["sold"]),
        t(
            "of {pilots} pilots; for the others no sale is known, which is not failure",
            pilots=t.number(sales["pilots"]),
        ),
        "n-sold",
        sold,
        t,
    )
    layout.metric(
        t("Funded afterwards"),
        t.number(rounds["funded"]),
        t(
            "of {companies} companies; {with_round} have any known round",
            companies=t.number(rounds["companies"]),
            with_round=t.number(rounds["with_round"]),
        ),
        "n-funded",
        funded,
        t,
    )

landing.readers(t)

st.header(t("Where, and how far"), anchor=False)
left, right = st.columns(2, gap="large")
with left:
    provinces = ask(testbeds_by_province, TestbedFilter())
    listed = ask(testbed_list, TestbedFilter())
    finding = findings.testbeds_finding(listed, t)
    st.markdown(f"### {markdown(finding)}")
    picture = shared(
        "overview-map",
        lambda: pictures.province_svg(provinces.frame, listed.frame, finding, t),
        t.lang,
    )
    layout.picture(
        "overview-map",
        finding,
        provinces,
        picture,
        pictures.province_table(provinces, t),
        t,
        note=t("The darker, the more testbeds; dots are testbeds."),
    )
    frame.link("testbeds", t("Open the map"), t)
with right:
    funnel = ask(milestone_funnel, PilotFilter())
    layout.figure(
        "overview-funnel",
        findings.milestone_finding(funnel, t),
        funnel,
        lambda: pictures.milestone_chart(funnel, t),
        pictures.milestone_table(funnel, t),
        t,
        note=t("News reports starts and successes; ends are hardly ever reported"),
    )
    linked = ask(linkage_steps, PilotFilter())
    layout.figure(
        "overview-linkage",
        findings.linkage_steps_finding(linked, t),
        linked,
        lambda: landing.linkage_chart(linked, t),
        landing.linkage_table(linked, t),
        t,
        note=t("“After” is an order in time, not a cause"),
    )
