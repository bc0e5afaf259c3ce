namespace Dmex.Fast.Tests.Proofs.MachineCode;

/// <summary>
/// The parameters of secret-handling methods that are public, and the jumps, addresses and calls that depend on nothing
/// secret, each with its reason. A method that gains one fails the test until somebody has read the listing and written the
/// reason here.
/// </summary>
internal static class ConstantTimeAllowances
{
    /// <summary>
    /// Functions of the runtime that secret-handling methods may call: their time depends on lengths alone, or they end the call.
    /// </summary>
    public static readonly string[] Calls =
    [
        "CryptographicOperations:ZeroMemory(", // writes zeros over a length
        "CORINFO_HELP_MEMCPY", "CORINFO_HELP_MEMZERO", "SpanHelpers:ClearWithoutReferences(", "MemoryMarshal:AsBytes[",
        "MemoryMarshal:CreateSpan[", // lengths
        "CORINFO_HELP_FAIL_FAST", "CORINFO_HELP_RNGCHKFAIL", "CORINFO_HELP_THROW", "System.ThrowHelper:", // end the call
        "CORINFO_HELP_NEWSFAST", "CORINFO_HELP_NEWFAST", "CORINFO_HELP_STRCNS", "Exception:.ctor(", // on the way to a throw
        "CORINFO_HELP_GET_GCSTATIC_BASE", "CORINFO_HELP_GET_NONGCSTATIC_BASE", // a class is initialized, once
        "System.Object:GetType()", "System.RuntimeType", // the name in an exception
        "SignerSeam:Invoke(", "BatchSeam:Invoke(", "NonceSeam:Invoke(", // null outside tests
        "Math:<BigMul>g__SoftwareFallback", // four products of 32 bits; without intrinsics only
    ];

    public static readonly ConstantTimeAllowance[] All =
    [
        new("SigningKey:Parse(", FindingKind.Jump, 6,
        "Length and prefix of the text; whether it is hex and in range, which an error tells anyway."),
        new("SigningKey:Parse(", FindingKind.Index, 2, "The first two characters, at fixed places, compared with the prefix 0x."),
        new("SigningKey:TryCreate(", FindingKind.Jump, 2,
        "Whether the key is in range, which an error tells anyway; the runtime's finalization bit."),
        new("SigningKey:TryCreate(", FindingKind.Call, 4, "Allocates the key's memory, and releases that of a refused one."),
        new("FixedBaseTable:Read(", FindingKind.Jump, 2, "The number of the window's points, of which the last window has fewer."),
        new("ConstantTime:WipeStack(", FindingKind.Jump, 2, "The compiler probes the pages of the buffer on the stack."),
        new("OrderSigner:Sign(", FindingKind.Jump, 12, "The signer's and the key's state, the table for verification, the seam, the kernel, the exception's name, and whether a candidate was refused."),
        new("OrderSigner:SignWithKey(", FindingKind.Jump, 7, "As OrderSigner:Sign, where it is not part of it: the nonces that a test refuses, the seams, the kernel, and whether a candidate was refused."),
        new("OrderSigner:CheckNonce(", FindingKind.Jump, 9,
        "The digest's length, whether to compute the nonce twice, the seam, the number of the candidate, and whether a fault was found."),
        new("Signature:AsSpan(", FindingKind.Call, 1, "The bytes of a finished signature, which is public."),
        new("OrderSigner:SignDigest(", FindingKind.Jump, 16,
        "As OrderSigner:Sign, the digest's length, and the nonces that a test refuses; verification of the public signature."),
        new("OrderSigner:SignDigest(", FindingKind.Index, 4, "The digest's words, at fixed places."),
        new("OrderSigner:SignDigest(", FindingKind.Call, 6, "Reads the digest, which is public; constants of lanes that are not used."),
        new("SignatureEquation:TryComplete(", FindingKind.Jump, 2,
        "Refuses r = 0, x(R) >= n and s = 0: what is published otherwise, and once in 2^127 at most."),
        new("]:Sign(", FindingKind.Jump, 15,
        "The number of hashes and of groups of lanes, which a call returns; the bounds of the spans; the seam."),
        new(":MultiplyGroups(ptr,ptr,int,int,Dmex", FindingKind.Jump, 1, "The seam, null outside tests."),
        new(":Nonces(", FindingKind.Jump, 3, "Whether a candidate is refused, once in 2^128; the seam; which pass it is."),
        new(":NoncesX16(", FindingKind.Jump, 3, "Whether a candidate is refused, once in 2^128; the seam; which pass it is."),
        new(":MakeSignature(ptr,ptr,int,int,byref,byref)", FindingKind.Jump, 1,
        "Whether the signature is refused: as in SignatureEquation:TryComplete."),
    ];

    /// <summary>Method and the places (System V AMD64 ABI) where its public parameters arrive.</summary>
    private static readonly (string Method, string Parameters, string[] Places)[] Public =
    [
        ("LaneTableReaderX8:Read(", "the first window", ["r8"]),
        ("LaneTableReaderX4:Read(", "the first window", ["r8"]),
        ("BatchTableReaderX8:Read(", "the window", ["r8"]),
        ("BatchTableReaderX4:Read(", "the window", ["r8"]),
        ("FixedBaseTable:Read(", "the window", ["rdx"]),
        (":Fold(ptr,int)", "the distance", ["rsi"]),
        (":FoldQuarter(ptr,int)", "the distance", ["rsi"]),
        (":GetLane(ptr,int,byref)", "the lane", ["rsi"]),
        (":SetLane(ptr,int,byref)", "the lane", ["rsi"]),
        ("SafeGcdPair:Finish(", "which of the two values", ["rsi"]),
        ("BatchDigits:Recode(", "the number of lanes, the lane, the number of bits", ["rsi", "rdx", "r8"]),
        (":Recode(ptr,ptr,int,int)", "the number of hashes, the group", ["rdx", "rcx"]),
        (":StorePoints(ptr,int)", "the group", ["rsi"]),
        (":ToAffine(ptr,int,byref)", "the group", ["rsi"]),
        (":MultiplyNonces(ptr,int)", "the number of hashes", ["rdx"]),
        ("AffineSums`1[Dmex.Fast.Signing.Vectors.FieldElementX8]:Add(ptr,ptr,ptr,ptr,ptr,ptr,int)", "the number of sums", ["rbp+0x10"]),
        ("AffineSums`1[Dmex.Fast.Signing.Vectors.FieldElementX4]:Add(ptr,ptr,ptr,ptr,ptr,ptr,int)", "the number of sums", ["rbp+0x10"]),
        (":AddTerms(ptr,ptr,int)", "the number of sums", ["rdx"]),
        (":AddHalves(ptr,ptr,int)", "the number of sums", ["rdx"]),
        (":AddLast(ptr,ptr,int,int)", "the group and the number of groups", ["rdx", "rcx"]),
        (":MultiplyGroups(ptr,ptr,ptr,ptr,int)", "the number of groups", ["r8"]),
        (":MultiplyGroups(ptr,ptr,int,int,Dmex.Fast.Signing.FaultInjection.BatchSeam)", "the number of hashes and of groups",
        ["rdx", "rcx"]),
        (":Read(ptr,ptr,ptr,ptr,int,int,int)", "the number of groups, the first window, the number of windows", ["r8", "r9", "rbp+0x10"]),
        (":InvertElements(ptr,int,byref)", "the number of groups", ["rsi"]),
        (":MakeSignature(ptr,ptr,int,int,byref,byref)", "the hash and its lane", ["rdx", "rcx"]),
        (":Nonces(", "the number of hashes and of passes", ["rdx", "rcx"]),
        (":NoncesX16(", "the number of hashes and of passes", ["rdx", "rcx"]),
        ("]:Sign(", "the lengths of both spans", ["r8", "rbp+0x18"]),
        ("SignatureEquation:TryComplete(", "the kernel", ["rdi"]),
        ("NoncePoint:Compute(", "the kernel", ["rdi"]),
        ("OrderSigner:SignDigest(", "the length of the digest, the nonces to refuse", ["rdx", "rcx"]),
        (":ToBytes(System.Span`1[byte])", "the destination's length", ["rdx"]),
        ("Scalar:FromBytes(", "the length", ["rdx"]),
        ("SigningKey:DecodeHex(", "the lengths", ["rsi", "rcx"]),
        ("SigningKey:Parse(", "the text's length", ["rsi"]),
        ("SigningKey:TryCreate(", "the length", ["rsi"]),
        ("SafeGcd:UpdateFG(", "the number of limbs", ["rcx"]),
    ];

    /// <summary>Where a method's public parameters arrive.</summary>
    public static string[] PublicPlaces(string method) =>
        Public.FirstOrDefault(entry => method.Contains(entry.Method, StringComparison.Ordinal)).Places ?? [];
}
