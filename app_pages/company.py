from ui import frame, profile_page

profile_page.page("company", frame.words())
