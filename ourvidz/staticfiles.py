"""Static files with hashed names, so that browsers keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also rewrites the `import` paths of ES modules, so that no inline import map is needed."""

    support_js_module_import_aggregation = True
