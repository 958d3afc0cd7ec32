"""The console of staff: who may use it and for what, and what its pages show and do."""
