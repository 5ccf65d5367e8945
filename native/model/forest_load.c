/* forest_load.c - a forest for those outside: what it is. */
#include <string.h>

#include "base/alloc.h"
#include "base/failure.h"
#include "fringe/model.h"
#include "model/forest_package.h"
#include "model/model_find.h"

struct fringe_forest {
    struct forest_package *package;
};

int fringe_model_is_forest(const char *path_or_name)
{
    char *path = NULL;
    int is_forest = !model_find(path_or_name, &path, NULL) && forest_package_recognise(path);
    alloc_free(path);
    return is_forest;
}

fringe_status fringe_forest_load(const char *path_or_name, fringe_forest **forest, fringe_error *error)
{
    *forest = NULL;
    fringe_forest *loaded = alloc_array(1, sizeof *loaded);
    if (!loaded) return failure_memory(error, path_or_name, sizeof *loaded);
    fringe_status status = forest_package_read(path_or_name, &loaded->package, error);
    if (status)
        fringe_forest_free(loaded);
    else
        *forest = loaded;
    return status;
}

void fringe_forest_free(fringe_forest *forest)
{
    if (!forest) return;
    forest_package_free(forest->package);
    alloc_free(forest);
}

void fringe_forest_get_info(const fringe_forest *forest, fringe_forest_info *info)
{
    const struct forest_package *package = forest->package;
    *info = (fringe_forest_info){.name = package->name,
                                 .description = package->description,
                                 .version = package->version,
                                 .license = package->license,
                                 .format = package->format,
                                 .path = package->path,
                                 .sha256 = package->sha256,
                                 .feature_version = package->feature_version,
                                 .feature_count = (int32_t)package->forest->feature_count,
                                 .feature_names = package->feature_names,
                                 .class_count = (int32_t)package->forest->class_count,
                                 .class_names = (const char *const *)package->forest->class_names,
                                 .tree_count = (int32_t)package->forest->tree_count,
                                 .node_count = (int64_t)package->forest->node_count,
                                 .calibrated = package->curves != NULL};
}
