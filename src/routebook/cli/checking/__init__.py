"""How `routebook check` looks at a whole folder: only at what may have changed, and on all cores where there is much.

seen       names, sizes and times, before any file is read
cache      what is kept of the last check, as two files
keeping    what is known of each document, to and from those files
part       a share of the documents, read and looked at in one process
team       several processes, each with its share
folder     the whole check
findings   how findings are printed

`seen`, `cache` and `findings` import nothing heavy, so that a folder in which nothing has changed is answered at once.
"""
