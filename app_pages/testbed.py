from ui import frame, profile_page

profile_page.page("testbed", frame.words())
