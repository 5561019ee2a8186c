"""The demo artist's sketchbook: pages drawn, scanned or photographed, with what is true of them beside."""
