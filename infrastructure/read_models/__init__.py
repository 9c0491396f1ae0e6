"""Tables that answer from the log without replay, and the runner that fills them.

* ``model``    what a read model is, and the batch of the log that it is given
* ``batches``  reads the log in batches of whole commits, decoded once for all models
"""
