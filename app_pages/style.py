from ui import frame, layout, style

t = frame.words()
layout.head(
    t("House style"),
    t("Colours, type, controls and states that all pages share, for those who work on the site."),
    t,
)
style.colors(t)
style.type_scale(t)
style.controls(t)
style.states(t)
style.charts(t)
