"""What `app.py` shows: the only package that knows Gradio. `history` and `auth` can be imported without it."""
