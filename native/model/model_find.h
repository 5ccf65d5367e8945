/* model_find.h - where models lie. */
#ifndef MODEL_MODEL_FIND_H
#define MODEL_MODEL_FIND_H

#include "fringe/status.h"

/* The path of a model. A text that is a path of something is that path. Else it is a name, and the first of
 * these folders that has NAME, NAME.onnx or NAME.zip decides: those of the path list FRINGE_MODELS; the
 * user's (XDG_DATA_HOME, or what the system has instead); share/fringe/models beside the library, a few
 * levels up. The caller gives *path to alloc_free. FRINGE_FILE lists every folder that was looked in. */
fringe_status model_find(const char *path_or_name, char **path, fringe_error *error);

/* The user's models folder, whether it exists or not. The caller gives *path to alloc_free. FRINGE_FILE where
 * the environment names none. */
fringe_status model_find_own_folder(char **path, fringe_error *error);

#endif
