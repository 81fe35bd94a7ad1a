"""Everything that touches Streamlit: state, language, layout, provenance, downloads."""
