"""Who watches the calls: this process, others beside it, other machines."""
