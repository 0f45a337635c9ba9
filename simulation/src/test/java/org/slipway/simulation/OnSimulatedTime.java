package org.slipway.simulation;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.stream.Stream;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Puts the services on simulated time. Their source stays as it is: where their classes ask for the time, wait, or start a thread, the
 * class that is loaded calls {@link Hooks} instead, which does what the JDK does unless a simulated task is calling.
 */
final class OnSimulatedTime implements ClassFileTransformer {
    private static final String HOOKS = "org/slipway/simulation/Hooks";

    /** Every package of the services that runs in the simulation; what is in none of them has no clock and no thread. */
    private static final String[] PACKAGES = {
        "org/slipway/persistence/",
        "org/slipway/runtime/",
        "org/slipway/controller/",
        "org/slipway/beta/",
        "org/slipway/production/",
        "org/slipway/worker/"
    };

    /** Owner, name and parameters of what is replaced, and the descriptor of the hook of the same name. */
    private static final Map<String, String> REPLACED = Map.ofEntries(
            Map.entry("java/lang/System.nanoTime()", "()J"),
            Map.entry(
                    "java/lang/Thread$Builder$OfPlatform.start(Ljava/lang/Runnable;)",
                    "(Ljava/lang/Thread$Builder$OfPlatform;Ljava/lang/Runnable;)Ljava/lang/Thread;"),
            Map.entry("java/lang/Thread.join(Ljava/time/Duration;)", "(Ljava/lang/Thread;Ljava/time/Duration;)Z"),
            Map.entry("java/lang/Thread.interrupt()", "(Ljava/lang/Thread;)V"),
            Map.entry("java/util/concurrent/Semaphore.acquire()", "(Ljava/util/concurrent/Semaphore;)V"),
            Map.entry(
                    "java/util/concurrent/Semaphore.tryAcquire(JLjava/util/concurrent/TimeUnit;)",
                    "(Ljava/util/concurrent/Semaphore;JLjava/util/concurrent/TimeUnit;)Z"),
            Map.entry(
                    "java/util/concurrent/Semaphore.tryAcquire(IJLjava/util/concurrent/TimeUnit;)",
                    "(Ljava/util/concurrent/Semaphore;IJLjava/util/concurrent/TimeUnit;)Z"),
            Map.entry(
                    "java/util/concurrent/CountDownLatch.await(JLjava/util/concurrent/TimeUnit;)",
                    "(Ljava/util/concurrent/CountDownLatch;JLjava/util/concurrent/TimeUnit;)Z"),
            Map.entry(
                    "java/util/concurrent/Future.get(JLjava/util/concurrent/TimeUnit;)",
                    "(Ljava/util/concurrent/Future;JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;"),
            Map.entry("java/util/concurrent/Future.isDone()", "(Ljava/util/concurrent/Future;)Z"),
            Map.entry("java/util/concurrent/locks/LockSupport.parkNanos(J)", "(J)V"),
            Map.entry(
                    "java/util/concurrent/locks/ReentrantLock.tryLock(JLjava/util/concurrent/TimeUnit;)",
                    "(Ljava/util/concurrent/locks/ReentrantLock;JLjava/util/concurrent/TimeUnit;)Z"));

    /** Before the services' classes are loaded. */
    static void install() {
        ByteBuddyAgent.install().addTransformer(new OnSimulatedTime());
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String name,
            @Nullable Class<?> loaded,
            @Nullable ProtectionDomain domain,
            byte[] bytes) {
        if (name == null || !isOfAService(name)) {
            return null;
        }
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new Replacing(writer), 0);
        return writer.toByteArray();
    }

    private static boolean isOfAService(String type) {
        return Stream.of(PACKAGES).anyMatch(type::startsWith);
    }

    private static final class Replacing extends ClassVisitor {
        Replacing(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String method, String type, boolean ofInterface) {
                    String hook = REPLACED.get(key(owner, method, type));
                    if (hook == null) {
                        super.visitMethodInsn(opcode, owner, method, type, ofInterface);
                    } else {
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, method, hook, false);
                    }
                }

                @Override
                public void visitInvokeDynamicInsn(String method, String type, Handle bootstrap, Object... arguments) {
                    super.visitInvokeDynamicInsn(
                            method,
                            type,
                            bootstrap,
                            Stream.of(arguments).map(Replacing::replaced).toArray());
                }
            };
        }

        /** A reference to a method, such as {@code System::nanoTime} or {@code Thread::interrupt}. */
        private static Object replaced(Object argument) {
            if (argument instanceof Handle handle) {
                String hook = REPLACED.get(key(handle.getOwner(), handle.getName(), handle.getDesc()));
                if (hook != null) {
                    return new Handle(Opcodes.H_INVOKESTATIC, HOOKS, handle.getName(), hook, false);
                }
            }
            return argument;
        }

        private static String key(String owner, String method, String type) {
            return owner + "." + method + type.substring(0, type.indexOf(')') + 1);
        }
    }
}
