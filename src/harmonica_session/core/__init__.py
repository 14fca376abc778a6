"""The pure core: text, event and findings become a request, a plan and a report."""
