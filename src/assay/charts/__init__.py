"""Points in, Vega-Lite figures out; a chart draws and decides nothing."""
