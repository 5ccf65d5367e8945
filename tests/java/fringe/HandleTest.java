package fringe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** Native memory is freed once, never while it is used, and never touched after that. */
public class HandleTest {
    @Test
    public void closesTwiceWithoutHarm() {
        Model model = Model.load(TestImages.MODEL, null);
        model.close();
        model.close();
        assertThrows(IllegalStateException.class, model::info);
        Micrograph micrograph = TestImages.discMicrograph();
        micrograph.close();
        micrograph.close();
        assertThrows(IllegalStateException.class, micrograph::info);
        Run run = new Run();
        run.close();
        run.close();
        assertThrows(IllegalStateException.class, run::cancel);
    }

    /** From the listener and from another thread, while the call is under way. */
    @Test
    public void closingWhileInUseIsRefused() throws Exception {
        List<Throwable> refusals = new ArrayList<>();
        Model model = Model.load(TestImages.MODEL, null);
        Micrograph micrograph = TestImages.discMicrograph();
        AutoCloseable[] used = {model, micrograph, null};
        Listener closes = new Listener() {
            @Override
            public void progress(Run run, long done, long total) {
                if (!refusals.isEmpty()) return;
                used[2] = run;
                for (AutoCloseable handle : used) tryToClose(handle, refusals);
                Thread other = new Thread(() -> {
                    for (AutoCloseable handle : used) tryToClose(handle, refusals);
                });
                other.start();
                try {
                    other.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        try (Run run = new Run(1, closes);
                Segmentation made = Segmentation.of(model, micrograph, 0, new SegmentOptions(), run)) {
            assertEquals(TestImages.WIDTH, made.width());
        }
        assertEquals(6, refusals.size());
        for (Throwable refusal : refusals) {
            assertTrue(refusal.toString(), refusal instanceof IllegalStateException);
            assertTrue(refusal.getMessage(), refusal.getMessage().endsWith("is in use and cannot be closed"));
        }
        model.close();
        micrograph.close();
    }

    private static void tryToClose(AutoCloseable handle, List<Throwable> refusals) {
        try {
            handle.close();
        } catch (Exception e) {
            refusals.add(e);
        }
    }

    @Test
    public void oneRunServesOneCall() {
        List<Throwable> refusals = new ArrayList<>();
        Listener again = new Listener() {
            @Override
            public void progress(Run run, long done, long total) {
                if (!refusals.isEmpty()) return;
                refusals.add(assertThrows(IllegalStateException.class, () -> Model.load(TestImages.MODEL, run)));
            }
        };
        try (Model model = Model.load(TestImages.MODEL, null); Micrograph micrograph = TestImages.discMicrograph();
                Run run = new Run(1, again)) {
            Segmentation.of(model, micrograph, 0, new SegmentOptions(), run).close();
        }
        assertEquals(1, refusals.size());
    }
}
