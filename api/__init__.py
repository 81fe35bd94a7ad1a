"""HTTP beside the pages: open data under ``/api/v1``, feeds, map assets, health, the page shell."""
