"""What KFP's open-source backend does with a compiled pipeline, for tests: driver, cache, launcher, metadata.

Source of all that it does: kubeflow/pipelines, backend/src/v2 (driver, component/launcher_v2.go,
metadata/client.go, cacheutils). Containers are processes here, and the object store is a folder.
"""
