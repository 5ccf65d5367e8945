/* Where models are looked for, and in which order. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "model/model_find.h"
#include "support/model_folder.h"

/* Three places, each with what it needs to be found as a models folder. */
static void make(void)
{
    char list[512];
    model_folder_make();
    static const char *const folders[] = {"one", "two", "home", "home/fringe", "home/fringe/models"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) mkdir(model_folder_path(folders[i]), 0700);
    snprintf(list, sizeof list, "%s::%s", model_folder_path("one"), model_folder_path("two"));
    setenv("FRINGE_MODELS", list, 1);
    setenv("XDG_DATA_HOME", model_folder_path("home"), 1);
}

TestSuite(model_find, .init = make, .fini = model_folder_remove);

static void expect(const char *name, const char *place)
{
    char *path;
    fringe_error error;
    fringe_status status = model_find(name, &path, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_str_eq(path, model_folder_path(place));
    alloc_free(path);
}

Test(model_find, the_first_folder_of_the_list_wins)
{
    model_folder_write_text("home/fringe/models/m.zip", "");
    expect("m", "home/fringe/models/m.zip");
    model_folder_write_text("two/m.onnx", "");
    expect("m", "two/m.onnx");
    mkdir(model_folder_path("one/m"), 0700);
    expect("m", "one/m");
}

Test(model_find, a_path_is_a_path)
{
    model_folder_write_text("here.onnx", "");
    expect(model_folder_path("here.onnx"), "here.onnx");
    char *path;
    fringe_error error;
    cr_assert_eq(model_find("one/absent", &path, &error), FRINGE_FILE);
    cr_assert_str_eq(error.message, "one/absent: there is no such file or folder");
}

Test(model_find, every_place_is_named)
{
    char *path;
    fringe_error error;
    cr_assert_eq(model_find("absent", &path, &error), FRINGE_FILE);
    cr_assert_null(path);
    cr_assert_not_null(strstr(error.message, model_folder_path("one")), "%s", error.message);
    cr_assert_not_null(strstr(error.message, model_folder_path("two")), "%s", error.message);
    cr_assert_not_null(strstr(error.message, model_folder_path("home/fringe/models")), "%s", error.message);
}
