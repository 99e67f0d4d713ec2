"""The model: one provider port and its adapters."""
