package fringe;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.Test;

/** The network's answers, and what stops it. */
public class SegmentationTest {
    private static byte[] mask(Model model, Micrograph micrograph) {
        try (Segmentation made = Segmentation.of(model, micrograph, 0, new SegmentOptions(), null)) {
            return made.labels(0);
        }
    }

    @Test
    public void findsTheDiscInEveryPixelType() {
        float[] floats = TestImages.disc();
        byte[] bytes = new byte[floats.length];
        short[] shorts = new short[floats.length];
        int[] colours = new int[floats.length];
        for (int i = 0; i < floats.length; i++) {
            int value = (int) floats[i];
            bytes[i] = (byte) value;
            shorts[i] = (short) value;
            colours[i] = value * 0x010101;
        }
        int height = TestImages.HEIGHT, width = TestImages.WIDTH;
        try (Model model = Model.load(TestImages.MODEL, null);
                Micrograph ofFloats = Micrograph.of(floats, 0, 1, height, width);
                Micrograph ofBytes = Micrograph.of(bytes, 0, 1, height, width);
                Micrograph ofShorts = Micrograph.of(shorts, true, 0, 1, height, width);
                Micrograph ofColours = Micrograph.ofColours(colours, 0, height, width)) {
            byte[] expected = mask(model, ofFloats);
            int foreground = 0;
            for (byte label : expected) foreground += label == 0 ? 0 : 1;
            assertTrue(foreground + " pixels", foreground > 100 && foreground < expected.length);
            assertArrayEquals(expected, mask(model, ofBytes));
            assertArrayEquals(expected, mask(model, ofShorts));
            assertArrayEquals(expected, mask(model, ofColours));
        }
    }

    @Test
    public void thresholdActsOnTheProbabilities() {
        try (Model model = Model.load(TestImages.MODEL, null); Micrograph micrograph = TestImages.discMicrograph();
                Segmentation half = Segmentation.of(model, micrograph, 0, new SegmentOptions(), null);
                Segmentation high = Segmentation.of(model, micrograph, 0, new SegmentOptions().threshold(0.9), null)) {
            assertEquals(Segmentation.Kind.MASK, half.kind());
            float[] probability = half.probability(half.foreground());
            byte[] labels = half.labels(0);
            for (int i = 0; i < labels.length; i++) assertEquals(probability[i] >= 0.5 ? -1 : 0, labels[i]);
            half.setThreshold(0.9);
            assertArrayEquals(high.labels(0), half.labels(0));
            assertThrows(FringeArgumentException.class, () -> half.setThreshold(0));
            assertThrows(FringeArgumentException.class, () -> half.setThreshold(Double.NaN));
            assertThrows(FringeArgumentException.class, () -> half.labels(1));
            assertThrows(FringeArgumentException.class, () -> half.probability(half.channelCount()));
            assertThrows(FringeArgumentException.class, () -> half.probability(-1));
        }
    }

    @Test
    public void labelsOnly() {
        try (Model model = Model.load(TestImages.MODEL, null); Micrograph micrograph = TestImages.discMicrograph();
                Segmentation labels = Segmentation.of(model, micrograph, 0, new SegmentOptions().labelsOnly(true), null)) {
            assertArrayEquals(mask(model, micrograph), labels.labels(0));
            assertThrows(FringeArgumentException.class, () -> labels.probability(0));
            assertThrows(FringeArgumentException.class, () -> labels.setThreshold(0.7));
        }
    }

    @Test
    public void modelIsUsedByTwoThreads() throws Exception {
        try (Model model = Model.load(TestImages.MODEL, null)) {
            ExecutorService threads = Executors.newFixedThreadPool(2);
            List<Future<byte[]>> masks = new ArrayList<>();
            for (int i = 0; i < 6; i++)
                masks.add(threads.submit(() -> {
                    try (Micrograph micrograph = TestImages.discMicrograph()) {
                        return mask(model, micrograph);
                    }
                }));
            byte[] first = masks.get(0).get();
            for (Future<byte[]> other : masks) assertArrayEquals(first, other.get());
            threads.shutdown();
        }
    }

    @Test
    public void progressRises() {
        List<Long> heard = new ArrayList<>();
        long[] totals = {0};
        Thread caller = Thread.currentThread();
        Listener listener = new Listener() {
            @Override
            public void progress(Run run, long done, long total) {
                assertSame(caller, Thread.currentThread());
                heard.add(done);
                totals[0] = total;
            }
        };
        try (Model model = Model.load(TestImages.MODEL, null); Micrograph micrograph = TestImages.discMicrograph();
                Run run = new Run(2, listener)) {
            assertEquals(2, run.threads());
            Segmentation.of(model, micrograph, 0, new SegmentOptions().bandRows(16), run).close();
        }
        assertTrue(heard.size() > 2);
        for (int i = 1; i < heard.size(); i++) assertTrue(heard.get(i) >= heard.get(i - 1));
        assertEquals(totals[0], (long) heard.get(heard.size() - 1));
    }

    @Test
    public void noticesAreHeard() {
        List<String> heard = new ArrayList<>();
        Listener listener = new Listener() {
            @Override
            public void notice(Run run, String name, String text) {
                heard.add(name + ": " + text);
            }
        };
        try (Model model = Model.load(TestImages.MODEL, null); Micrograph micrograph = TestImages.discMicrograph();
                Run run = new Run(0, listener)) {
            Segmentation.of(model, micrograph, 0, new SegmentOptions(), run).close();
        }
        assertEquals(heard.toString(), 1, heard.size());
        assertTrue(heard.get(0), heard.get(0).startsWith("calibration: the image has no pixel size"));
    }

    @Test
    public void cancelFromTheListenerAndFromElsewhere() throws Exception {
        Listener cancels = new Listener() {
            @Override
            public void progress(Run run, long done, long total) {
                run.cancel();
            }
        };
        try (Model model = Model.load(TestImages.MODEL, null); Micrograph micrograph = TestImages.discMicrograph();
                Run run = new Run(1, cancels); Run before = new Run(1, null)) {
            assertThrows(FringeCancelledException.class, () -> Segmentation.of(model, micrograph, 0, new SegmentOptions(), run));
            assertTrue(run.isCancelled());
            Thread other = new Thread(before::cancel);
            other.start();
            other.join();
            assertThrows(FringeCancelledException.class, () -> Segmentation.of(model, micrograph, 0, new SegmentOptions(), before));
            assertEquals(TestImages.WIDTH * TestImages.HEIGHT, mask(model, micrograph).length);
        }
    }

    /** What a listener throws comes out of the call, from progress and from notices, and nothing is heard after it. */
    @Test
    public void listenerThatThrows() {
        for (boolean atNotice : new boolean[] {false, true}) {
            RuntimeException thrown = new UnsupportedOperationException("thrown by the listener");
            int[] calls = {0};
            Listener listener = new Listener() {
                @Override
                public void progress(Run run, long done, long total) {
                    if (!atNotice) fail();
                }

                @Override
                public void notice(Run run, String name, String text) {
                    if (atNotice) fail();
                }

                private void fail() {
                    calls[0]++;
                    throw thrown;
                }
            };
            try (Model model = Model.load(TestImages.MODEL, null); Micrograph micrograph = TestImages.discMicrograph();
                    Run run = new Run(1, listener)) {
                Throwable caught = assertThrows(UnsupportedOperationException.class,
                        () -> Segmentation.of(model, micrograph, 0, new SegmentOptions(), run));
                assertSame(thrown, caught);
                assertEquals(1, calls[0]);
                assertTrue(run.isCancelled());
            }
        }
    }

    @Test
    public void modelsAreDescribedTestedAndTimed() {
        try (Model model = Model.load(TestImages.MODEL, null)) {
            ModelInfo info = model.info();
            assertEquals("mask", info.outputs());
            assertEquals(info.outputChannels(), info.outputNames().length);
            assertTrue(info.parameterCount() > 1000);
            assertTrue(info.sha256().matches("[0-9a-f]{64}"));
            assertTrue(model.memory(512, 512) > 0);
            assertTrue(model.time(64, 64, 2, null)[1] > 0);
        }
        ModelCheck check = Model.test(TestImages.MODEL, null);
        assertEquals(1, check.caseCount());
        assertEquals(0, check.mismatchCount());
        assertThrows(FringeFileException.class, () -> Model.load("no-such-model", null));
        assertThrows(FringeFileException.class, () -> Model.test("/no/such", null));
        assertNotNull(Model.userFolder());
    }

    @Test
    public void forestsAreTold() throws Exception {
        Path forest = java.nio.file.Paths.get(TestImages.MODEL).resolveSibling("hrtem-faults");
        Path bare = Files.createTempDirectory("forest").resolve("bare");
        try (java.util.stream.Stream<Path> files = Files.list(forest)) {
            Files.copy(files.filter(file -> file.toString().endsWith(".onnx")).findFirst().get(), bare);
        }
        assertTrue(Model.isForest(forest.toString()));
        assertTrue(Model.isForest(bare.toString()));
        assertFalse(Model.isForest(TestImages.MODEL));
        assertFalse(Model.isForest("no-such-model"));
        assertThrows(FringeArgumentException.class, () -> Model.isForest(null));
    }

    @Test
    public void installsWhatPassesItsTests() throws Exception {
        Path source = Files.createTempDirectory("package").resolve("aus Java");
        Files.createDirectory(source);
        try (java.util.stream.Stream<Path> files = Files.list(java.nio.file.Paths.get(TestImages.MODEL))) {
            for (Path file : (Iterable<Path>) files::iterator) Files.copy(file, source.resolve(file.getFileName()));
        }
        String installed = Model.install(source.toString(), null);
        assertTrue(installed, installed.startsWith(Model.userFolder()));
        Model.load("aus Java", null).close();
        assertThrows(FringeExistsException.class, () -> Model.install(source.toString(), null));
        Path changed = source.resolveSibling("changed");
        Files.move(source, changed);
        Files.copy(changed.resolve("test_input.npy"), changed.resolve("test_output.npy"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThrows(FringeException.class, () -> Model.install(changed.toString(), null));
        assertThrows(FringeFileException.class, () -> Model.load("changed", null));
    }
}
