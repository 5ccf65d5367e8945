/* model_cases.c - models with their test tensors, one test each.
 *
 *     model_cases FOLDER...
 *
 * Each folder is a model package or a case in ONNX's backend-test layout; its name is the test's. Prints TAP
 * without numbers, as Criterion does. One process for all, so that a sanitizer starts once.
 */
#include <stdio.h>
#include <string.h>

#include "fringe/fringe.h"

int main(int count, char **folders)
{
    fringe_run *run;
    fringe_error error;
    if (fringe_run_create(2, &run, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 2;
    }
    int failures = 0;
    printf("1..%d\n", count - 1);
    for (int i = 1; i < count; i++) {
        const char *slash = strrchr(folders[i], '/'), *name = slash ? slash + 1 : folders[i];
        fringe_model_check check = {0};
        fringe_status status = fringe_model_test(folders[i], run, &check, &error);
        if (status || check.case_count == 0) {
            printf("not ok - %s\n", name);
            fprintf(stderr, "%s: %s\n", name, status ? error.message : "no case ran");
            failures++;
        } else {
            printf("ok - %s\n", name);
        }
        fflush(stdout);
    }
    fringe_run_free(run);
    return failures > 0;
}
