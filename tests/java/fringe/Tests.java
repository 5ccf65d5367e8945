package fringe;

import java.io.PrintStream;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Result;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/**
 * Runs JUnit classes by name and prints a line for each test: "ok NAME", "FAILED NAME", "skipped NAME: REASON". A test
 * that hangs ends the program, and tells where each thread was.
 */
public final class Tests extends RunListener {
    private static final PrintStream OUT = System.out;
    private static final long LIMIT_MS = 180_000;
    private final Timer clock = new Timer("limit of a test", true);
    private TimerTask limit;
    private boolean failed;

    private Tests() {
    }

    public static void main(String[] names) throws Exception {
        System.exit(run(names));
    }

    /** 0 where some tests ran and none failed. */
    public static int run(String[] names) throws Exception {
        JUnitCore core = new JUnitCore();
        core.addListener(new Tests());
        Class<?>[] classes = new Class<?>[names.length];
        for (int i = 0; i < names.length; i++) classes[i] = Class.forName(names[i]);
        Result result = core.run(classes);
        return result.wasSuccessful() && result.getRunCount() > 0 ? 0 : 1;
    }

    @Override
    public void testStarted(Description test) {
        failed = false;
        limit = new TimerTask() {
            @Override
            public void run() {
                stop(test);
            }
        };
        clock.schedule(limit, LIMIT_MS);
    }

    /** No ordinary end: what hangs may hold the lock that it needs. */
    private static void stop(Description test) {
        OUT.println("FAILED " + name(test) + ": not over after " + LIMIT_MS / 1000 + " s");
        for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
            OUT.println("    " + thread.getKey());
            for (StackTraceElement call : thread.getValue()) OUT.println("        at " + call);
        }
        OUT.flush();
        Runtime.getRuntime().halt(1);
    }

    @Override
    public void testFailure(Failure failure) {
        failed = true;
        OUT.println("FAILED " + name(failure.getDescription()));
        OUT.println(failure.getTrace().replaceAll("(?m)^", "    "));
    }

    @Override
    public void testAssumptionFailure(Failure failure) {
        failed = true;
        OUT.println("skipped " + name(failure.getDescription()) + ": " + failure.getMessage());
    }

    @Override
    public void testFinished(Description test) {
        limit.cancel();
        if (!failed) OUT.println("ok " + name(test));
    }

    private static String name(Description test) {
        return test.getTestClass().getSimpleName() + "." + test.getMethodName();
    }
}
