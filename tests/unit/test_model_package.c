/* What package_read makes of descriptions, sound and not. */
#include <criterion/criterion.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/package.h"
#include "support/model_folder.h"
#include "support/nets.h"

static void make(void)
{
    model_folder_make();
    struct net *net = net_begin("image", 2);
    model_folder_write_onnx("net.onnx", net_end(net, net_conv(net, net_input(net), 2, 3, 1), "output"));
    net_free(net);
}

TestSuite(model_package, .init = make, .fini = model_folder_remove);

#define HEAD "format_version: 0.5.3\ntype: model\nname: A\nweights: {onnx: {source: net.onnx}}\n"
#define AXES                                                                                                 \
    "axes: [{type: batch}, {type: channel, channel_names: [a, b]}, {type: space, id: y, size: {min: 8, "     \
    "step: 4}}, {type: space, id: x, size: 64}]"
#define INPUT  "inputs:\n- id: image\n  " AXES "\n"
#define OUTPUT "outputs:\n- id: output\n  " AXES "\n"

static struct package *read_yaml(const char *yaml)
{
    struct package *package;
    fringe_error error;
    model_folder_write_text("bioimageio.yaml", yaml);
    fringe_status status = package_read(model_folder, NULL, &package, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    return package;
}

static void refuse_yaml(const char *yaml, fringe_status expected, const char *words)
{
    struct package *package;
    fringe_error error;
    model_folder_write_text("bioimageio.yaml", yaml);
    cr_assert_eq(package_read(model_folder, NULL, &package, &error), expected, "%s", words);
    cr_assert_null(package);
    cr_assert_not_null(strstr(error.message, words), "'%s' is not in: %s", words, error.message);
    cr_assert_not_null(strstr(error.message, model_folder), "%s", error.message);
}

Test(model_package, format_0_5)
{
    struct package *package = read_yaml(
        HEAD
        "version: 1.2\nlicense: MIT\n"
        "inputs:\n- id: image\n  axes:\n  - type: batch\n  - type: channel\n    channel_names: [a, b]\n"
        "  - {type: space, id: y, scale: 0.2, unit: angstrom, size: {min: 32, step: 16}}\n"
        "  - {type: space, id: x, scale: 0.2, unit: angstrom, size: 128}\n"
        "  test_tensor: {source: in.npy, sha256: 00}\n"
        "  preprocessing:\n  - id: ensure_dtype\n    kwargs: {dtype: float32}\n"
        "  - id: zero_mean_unit_variance\n    kwargs: {axes: [channel, y, x], eps: 0.001}\n"
        "  - id: fixed_zero_mean_unit_variance\n    kwargs: {axis: channel, mean: [1, 2], std: [3, 4]}\n"
        "outputs:\n- id: output\n  axes:\n  - type: batch\n  - type: channel\n    channel_names: [bg, fg]\n"
        "  - {type: space, id: y, scale: 0.1, halo: 7, size: {tensor_id: image, axis_id: y}}\n"
        "  - {type: space, id: x, scale: 0.1, halo: 5, size: {tensor_id: image, axis_id: x}}\n"
        "  test_tensor: out.npy\n"
        "  postprocessing:\n  - id: softmax\n    kwargs: {axis: channel}\n"
        "config:\n  fringe: {pixel_size_range_nm: [0.01, 0.05], dose_range_e_per_A2: [10, 20], polarity: "
        "dark, lattice_filter: true, drop_ghosts: true}\n"
        "  bioimageio:\n    reproducibility_tolerance:\n"
        "    - {relative_tolerance: 0.9, weights_formats: [torchscript]}\n"
        "    - {relative_tolerance: 0.8, output_ids: [other]}\n"
        "    - {weights_formats: [torchscript, onnx], relative_tolerance: 0.01, "
        "absolute_tolerance: 0.5, mismatched_elements_per_million: 7}\n");
    const struct package_tensor *in = package->inputs, *out = package->outputs;
    cr_assert_str_eq(package->format, "bioimage.io 0.5.3");
    cr_assert_str_eq(package->name, "A");
    cr_assert_str_eq(package->license, "MIT");
    cr_assert_str_eq(package->version, "1.2");
    cr_assert_eq(strlen(package->sha256), 64);
    cr_assert_eq(package->described, 1);
    cr_assert_eq(in->rank, 4);
    cr_assert_eq(in->channel_axis, 1);
    cr_assert_eq(in->y_axis, 2);
    cr_assert_eq(in->height.fixed, 0);
    cr_assert_eq(in->height.least, 32);
    cr_assert_eq(in->height.step, 16);
    cr_assert_eq(in->width.fixed, 128);
    cr_assert_eq(in->channel_count, 2);
    cr_assert_str_eq(in->test_file, "in.npy");
    cr_assert_str_eq(out->test_file, "out.npy");
    cr_assert_eq(in->step_count, 2, "float32 is no step");
    cr_assert_eq(in->steps[0].kind, STEP_UNIT_SPREAD);
    cr_assert_eq(in->steps[0].joint, 1);
    cr_assert_eq(in->steps[0].eps, 0.001);
    cr_assert_eq(in->steps[1].kind, STEP_LINEAR);
    cr_assert_eq(in->steps[1].value_count, 2);
    cr_assert_eq(in->steps[1].subtract[1], 2);
    cr_assert_float_eq(in->steps[1].multiply[1], 1 / (4 + 1e-6), 1e-15);
    cr_assert_float_eq(package->pixel_size_nm, 0.02, 1e-15, "from the axes' scale");
    cr_assert_eq(package->pixel_size_max_nm, 0.05);
    cr_assert_eq(package->dose_min_e_per_A2, 10);
    cr_assert_str_eq(package->polarity, "dark");
    cr_assert_eq(package->lattice_filter, 1);
    cr_assert_eq(package->drop_ghosts, 1);
    cr_assert_eq(out->scale_y, 2, "half the distance, twice the pixels");
    cr_assert_eq(out->halo_px, 7);
    cr_assert_str_eq(out->channel_names[1], "fg");
    cr_assert_eq(out->steps[0].kind, STEP_SOFTMAX);
    cr_assert_eq(package->relative_tolerance, 0.01);
    cr_assert_eq(package->absolute_tolerance, 0.5);
    cr_assert_eq(package->mismatches_per_million, 7);
    package_free(package);
}

Test(model_package, format_0_4)
{
    struct package *package = read_yaml(
        "format_version: 0.4.10\nname: B\nweights: {onnx: {source: ./net.onnx}}\n"
        "test_inputs: [in.npy]\ntest_outputs: [out.npy]\n"
        "inputs:\n- name: image\n  axes: bcyx\n  shape: {min: [1, 2, 64, 32], step: [0, 0, 16, 8]}\n"
        "  preprocessing:\n  - name: scale_range\n    kwargs: {mode: per_sample, axes: yx, min_percentile: "
        "1, "
        "max_percentile: 99.5}\n"
        "  - name: scale_linear\n    kwargs: {axes: yx, gain: [2, 3], offset: 1}\n"
        "  - name: zero_mean_unit_variance\n    kwargs: {mode: fixed, axes: yx, mean: [1, 2], std: [3, 4]}\n"
        "outputs:\n- name: output\n  axes: bcyx\n  halo: [0, 0, 8, 8]\n"
        "  shape: {reference_tensor: image, scale: [1, 0, 0.5, 0.5], offset: [0, 1, 0, 0]}\n"
        "  postprocessing:\n  - name: scale_mean_variance\n    kwargs: {mode: per_sample, reference_tensor: "
        "image}\n"
        "  - name: binarize\n    kwargs: {threshold: 0.25}\n");
    const struct package_tensor *in = package->inputs, *out = package->outputs;
    cr_assert_eq(in->height.least, 64);
    cr_assert_eq(in->width.step, 8);
    cr_assert_eq(in->channel_count, 2);
    cr_assert_str_eq(in->test_file, "in.npy");
    cr_assert_eq(in->step_count, 3);
    cr_assert_eq(in->steps[0].kind, STEP_RANGE);
    cr_assert_eq(in->steps[0].joint, 0);
    cr_assert_eq(in->steps[0].high_percent, 99.5);
    cr_assert_eq(in->steps[1].multiply[1], 3);
    cr_assert_eq(in->steps[1].add[1], 1);
    cr_assert_eq(in->steps[2].kind, STEP_LINEAR);
    cr_assert_eq(out->scale_y, 0.5);
    cr_assert_eq(out->channel_count, 2);
    cr_assert_eq(out->halo_px, 8);
    cr_assert_eq(out->steps[0].kind, STEP_LIKE);
    cr_assert_eq(out->steps[0].of_input, 1);
    cr_assert_eq(out->steps[0].joint, 1);
    cr_assert_eq(out->steps[1].kind, STEP_BINARIZE);
    cr_assert_eq(out->steps[1].subtract[0], 0.25);
    cr_assert_eq(package->relative_tolerance, 1e-3);
    cr_assert_eq(package->mismatches_per_million, 100);
    package_free(package);
}

Test(model_package, a_bare_file_gets_whole_image_standardisation)
{
    struct package *package;
    cr_assert_eq(package_read(model_folder_path("net.onnx"), NULL, &package, NULL), FRINGE_OK);
    cr_assert_eq(package->described, 0);
    cr_assert_str_eq(package->format, "onnx");
    cr_assert_str_eq(package->name, "net");
    cr_assert_eq(package->inputs[0].step_count, 1);
    cr_assert_eq(package->inputs[0].steps[0].kind, STEP_UNIT_SPREAD);
    cr_assert_eq(package->inputs[0].steps[0].joint, 1);
    cr_assert_eq(package->inputs[0].channel_count, 2);
    package_free(package);
}

Test(model_package, a_file_on_the_web_is_taken_from_the_folder)
{
    struct package *package = read_yaml("format_version: 0.5.3\nweights: {onnx: {source: "
                                        "'https://example.com/a/net.onnx'}}\n" INPUT OUTPUT);
    cr_assert_str_eq(package->onnx_name, "net.onnx");
    package_free(package);
    refuse_yaml(
        "format_version: 0.5.3\nweights: {onnx: {source: 'https://example.com/a/other.onnx'}}\n" INPUT OUTPUT,
        FRINGE_FILE, "Fringe downloads nothing");
}

Test(model_package, files_outside_are_not_opened)
{
    refuse_yaml("format_version: 0.5.3\nweights: {onnx: {source: ../net.onnx}}\n" INPUT OUTPUT, FRINGE_FILE,
                "'../net.onnx' is not in");
    refuse_yaml("format_version: 0.5.3\nweights: {onnx: {source: /etc/passwd}}\n" INPUT OUTPUT, FRINGE_FILE,
                "'/etc/passwd' is not in");
}

Test(model_package, other_weights_are_named)
{
    refuse_yaml("format_version: 0.5.3\nweights: {torchscript: {source: a.pt}, pytorch_state_dict: {source: "
                "b.pt}}\n" INPUT OUTPUT,
                FRINGE_UNSUPPORTED, "its weights are torchscript, pytorch_state_dict; Fringe runs onnx");
    refuse_yaml("format_version: 0.5.3\n" INPUT OUTPUT, FRINGE_UNSUPPORTED, "its weights are none");
}

Test(model_package, a_changed_file_is_noticed)
{
    refuse_yaml("format_version: 0.5.3\nweights: {onnx: {source: net.onnx, sha256: "
                "0000000000000000000000000000000000000000000000000000000000000000}}\n" INPUT OUTPUT,
                FRINGE_MODEL, "the file was changed");
}

Test(model_package, a_flag_is_true_or_false)
{
    refuse_yaml("format_version: 0.5.3\n" INPUT OUTPUT
                "weights: {onnx: {source: net.onnx}}\nconfig: {fringe: {lattice_filter: often}}\n",
                FRINGE_MODEL, "is neither true nor false");
    refuse_yaml("format_version: 0.5.3\n" INPUT OUTPUT
                "weights: {onnx: {source: net.onnx}}\nconfig: {fringe: {drop_ghosts: 2}}\n",
                FRINGE_MODEL, "is neither true nor false");
}

Test(model_package, versions_and_types)
{
    refuse_yaml("format_version: 0.3.6\n" INPUT OUTPUT, FRINGE_UNSUPPORTED, "format_version is '0.3.6'");
    refuse_yaml("name: x\n", FRINGE_UNSUPPORTED, "format_version is ''");
    refuse_yaml("format_version: 0.5.3\ntype: dataset\n", FRINGE_MODEL, "describes a dataset, no model");
}

Test(model_package, steps_that_are_refused)
{
    static const struct {
        const char *steps, *words;
        fringe_status status;
    } cases[] = {
        {"- id: zero_mean_unit_variance\n    kwargs: {mode: per_dataset, axes: yx}\n",
         "per_dataset: its statistics", FRINGE_UNSUPPORTED},
        {"- id: zero_mean_unit_variance\n    kwargs: {axes: [batch, y, x]}\n", "over the batch",
         FRINGE_UNSUPPORTED},
        {"- id: zero_mean_unit_variance\n    kwargs: {axes: [x]}\n", "whole planes", FRINGE_UNSUPPORTED},
        {"- id: zero_mean_unit_variance\n    kwargs: {axes: [z, y, x]}\n", "'z' is no axis of 'image'",
         FRINGE_MODEL},
        {"- id: zero_mean_unit_variance\n    kwargs: {mode: fixed, axes: yx}\n", "needs both mean and std",
         FRINGE_MODEL},
        {"- id: fixed_zero_mean_unit_variance\n    kwargs: {mean: [1, 2, 3], std: [1, 1, 1]}\n",
         "3 values for 2 channels", FRINGE_MODEL},
        {"- id: scale_range\n    kwargs: {axes: [y, x], reference_tensor: other}\n", "another tensor",
         FRINGE_UNSUPPORTED},
        {"- id: scale_range\n    kwargs: {axes: [y, x], min_percentile: 60, max_percentile: 40}\n",
         "not below", FRINGE_MODEL},
        {"- id: scale_range\n    kwargs: {axes: [y, x], min_percentile: -1}\n", "-1 is not in 0 to 100",
         FRINGE_MODEL},
        {"- id: clip\n    kwargs: {min: 2, max: 1}\n", "min is above max", FRINGE_MODEL},
        {"- id: binarize\n", "no threshold", FRINGE_MODEL},
        {"- id: softmax\n    kwargs: {axis: x}\n", "only over the channels", FRINGE_UNSUPPORTED},
        {"- id: ensure_dtype\n    kwargs: {dtype: complex64}\n", "unknown type 'complex64'",
         FRINGE_UNSUPPORTED},
        {"- id: cellpose_flow_dynamics\n", "cellpose_flow_dynamics: a step that Fringe lacks",
         FRINGE_UNSUPPORTED},
        {"- id: scale_linear\n    kwargs: {gain: much}\n", "'much' is not a number", FRINGE_MODEL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char yaml[2048];
        snprintf(yaml, sizeof yaml, HEAD INPUT "  preprocessing:\n  %s" OUTPUT, cases[i].steps);
        refuse_yaml(yaml, cases[i].status, cases[i].words);
    }
}

Test(model_package, axes_that_are_refused)
{
    refuse_yaml("format_version: 0.4.10\nweights: {onnx: {source: net.onnx}}\ninputs:\n- name: image\n  "
                "axes: bczyx\n  "
                "shape: [1, 1, 8, 8, 8]\n",
                FRINGE_UNSUPPORTED, "axis 3");
    refuse_yaml(
        "format_version: 0.4.10\nweights: {onnx: {source: net.onnx}}\ninputs:\n- name: image\n  axes: bcyy\n",
        FRINGE_MODEL, "axis 'y' stands twice");
    refuse_yaml("format_version: 0.4.10\nweights: {onnx: {source: net.onnx}}\ninputs:\n- name: image\n  "
                "axes: bcyx\n  "
                "shape: [1, 2, 8]\n",
                FRINGE_MODEL, "has 3 entries for the 4 axes");
    refuse_yaml("format_version: 0.4.10\nweights: {onnx: {source: net.onnx}}\ninputs:\n- name: image\n  "
                "axes: bcyx\n  "
                "shape: [1, 2, 1e30, 8]\n",
                FRINGE_MODEL, "1e30 is not in 1 to");
    refuse_yaml(HEAD "inputs: 3\n", FRINGE_MODEL, "inputs: 0 are described");
    refuse_yaml(HEAD INPUT, FRINGE_MODEL, "outputs: 0 are described");
}

Test(model_package, the_network_must_be_the_one_described)
{
    refuse_yaml("format_version: 0.4.10\nweights: {onnx: {source: net.onnx}}\ninputs:\n- name: image\n  "
                "axes: bcyx\n  "
                "shape: [1, 3, 8, 8]\n" OUTPUT,
                FRINGE_MODEL, "number of channels is 2 in the network, 3 in its description");
    refuse_yaml(
        "format_version: 0.4.10\nweights: {onnx: {source: net.onnx}}\ninputs:\n- name: image\n  axes: yx\n  "
        "shape: [8, 8]\n" OUTPUT,
        FRINGE_MODEL, "has 4 axes in the network, 2 in its description");
    refuse_yaml(HEAD INPUT "- id: second\n  " AXES "\n" OUTPUT, FRINGE_MODEL,
                "describes 2 inputs, the network has 1");
}

Test(model_package, a_folder_without_a_description)
{
    struct package *package;
    fringe_error error;
    cr_assert_eq(package_read(model_folder, NULL, &package, &error), FRINGE_MODEL);
    cr_assert_not_null(strstr(error.message, "neither bioimageio.yaml nor rdf.yaml"), "%s", error.message);
    model_folder_write_text("rdf.yaml", HEAD INPUT OUTPUT);
    cr_assert_eq(package_read(model_folder, NULL, &package, &error), FRINGE_OK, "%s", error.message);
    package_free(package);
    model_folder_write_text("other.yaml", HEAD INPUT OUTPUT); /* named itself */
    cr_assert_eq(package_read(model_folder_path("other.yaml"), NULL, &package, &error), FRINGE_OK, "%s",
                 error.message);
    package_free(package);
}

static void pack(const char *from, const char *what)
{
    char command[256];
    snprintf(command, sizeof command, "cd %s && rm -f m.zip && cmake -E tar cf %s/m.zip --format=zip %s",
             from, model_folder, what);
    cr_assert_eq(system(command), 0);
}

/* A zip of the folder rather than of what is in it, as desktops make them; macOS puts more beside it. */
Test(model_package, a_zip_may_hold_the_folder)
{
    struct package *folder = read_yaml(HEAD INPUT OUTPUT), *zipped;
    char command[400];
    fringe_error error;
    snprintf(
        command, sizeof command,
        "cd %s && mkdir net __MACOSX && cp bioimageio.yaml net.onnx net && cp net.onnx __MACOSX/._net.onnx",
        model_folder);
    cr_assert_eq(system(command), 0);
    pack(model_folder, "net __MACOSX");
    fringe_status status = package_read(model_folder_path("m.zip"), NULL, &zipped, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_str_eq(zipped->sha256, folder->sha256);
    package_free(zipped);
    pack(model_folder,
         "net net.onnx"); /* not everything in one folder: then it is just a folder in the way */
    cr_assert_neq(package_read(model_folder_path("m.zip"), NULL, &zipped, &error), FRINGE_OK);
    package_free(folder);
}

Test(model_package, a_zip_is_as_good_as_a_folder)
{
    struct package *folder = read_yaml(HEAD INPUT OUTPUT), *zipped;
    fringe_error error;
    pack(model_folder, "bioimageio.yaml net.onnx");
    fringe_status status = package_read(model_folder_path("m.zip"), NULL, &zipped, &error);
    cr_assert_eq(status, FRINGE_OK, "%s", error.message);
    cr_assert_str_eq(zipped->sha256, folder->sha256);
    cr_assert_eq(zipped->onnx->node_count, folder->onnx->node_count);
    package_free(zipped);
    package_free(folder);
}
