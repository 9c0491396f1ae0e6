"""Tables that answer from the log without replay, and the runner that fills them.

* ``model``    what a read model is, and the batch of the log that it is given
* ``batches``  reads the log in batches of whole commits, decoded once for all models
* ``applying`` gives one batch to models: rows and cursor in one transaction, and what one can not apply stops it alone
* ``runner``   catches up and follows the log; any number of them at once
* ``state``    how far each model is, of which version, and at which event it stopped
* ``waiting``  waits until models have reached a position
"""
