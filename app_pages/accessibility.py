from ui import accessibility, frame, layout

t = frame.words()
layout.head(
    t("Accessibility"),
    t("What this site does so that everyone can use it, how that is checked, and what is left."),
    t,
)
accessibility.statement(t)
