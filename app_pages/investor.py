from ui import frame, profile_page

profile_page.page("investor", frame.words())
